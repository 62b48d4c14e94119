package io.meridian.compactor;

/// How much memory and local disk all groups together may take.
///
/// @param memoryBytes  in the heap; 0: half of the heap
/// @param scratchBytes of temporary files; 0: as much as there is
/// @param groups       how many share them
public record WorkLimits(long memoryBytes, long scratchBytes, int groups) {
    static final String MEMORY_FLAG = "--compact.memory-limit";
    static final String SCRATCH_FLAG = "--compact.scratch-limit";

    public static final WorkLimits DEFAULT = new WorkLimits(0, 0, 1);

    private static final long READ_BYTES_MIN = 64 << 10;
    private static final long READ_BYTES_MAX = 4 << 20;
    /// What an input holds, in units of what it reads at once: stretches of its index and of its chunks, decoded
    /// entries.
    private static final long READS_HELD = 6;
    private static final long POSTINGS_REFS_MIN = 64 << 10;
    private static final long POSTINGS_REFS_MAX = 32 << 20;

    /// What each of several blocks has that a group works on at once.
    WorkLimits among(int blocks) {
        return new WorkLimits(memoryBytes, scratchBytes, groups * blocks);
    }

    /// Of one group.
    long memory() {
        return (memoryBytes > 0 ? memoryBytes : Runtime.getRuntime().maxMemory() / 2) / groups;
    }

    /// Of one group.
    long scratch() {
        return scratchBytes > 0 ? scratchBytes / groups : Long.MAX_VALUE;
    }

    /// What each of some inputs may read at once.
    ///
    /// @throws BudgetException if there is not enough memory for so many
    int readBytes(int inputs) throws BudgetException {
        long share = memory() / 2 / (READS_HELD * inputs);
        if (share < READ_BYTES_MIN) {
            throw new BudgetException("memory", 2 * READS_HELD * inputs * READ_BYTES_MIN, memory(), MEMORY_FLAG);
        }
        return (int) Math.min(share, READ_BYTES_MAX);
    }

    /// What is downsampled at once.
    int batchBytes() {
        return (int) Math.clamp(memory() / 8, READ_BYTES_MIN, Integer.MAX_VALUE);
    }

    /// References of series held at once while an index is finished, 4 bytes each.
    int postingsRefs() {
        return (int) Math.clamp(memory() / 32, POSTINGS_REFS_MIN, POSTINGS_REFS_MAX);
    }

    void checkScratch(long needBytes) throws BudgetException {
        if (needBytes > scratch()) {
            throw new BudgetException("scratch space", needBytes, scratch(), SCRATCH_FLAG);
        }
    }

    /// @param needBytes of the index being written; half of the memory belongs to what is read
    void checkMemory(long needBytes) throws BudgetException {
        if (needBytes > memory() / 2) {
            throw new BudgetException("memory", 2 * needBytes, memory(), MEMORY_FLAG);
        }
    }
}
