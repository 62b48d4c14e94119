package io.meridian.storegateway;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows which blocks a bucket has and keeps those open that are to be served. Queries go on with what they hold while
/// it changes.
final class BlockCatalog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockCatalog.class);

    private final Bucket bucket;
    private final CatalogSettings settings;
    private final BlockFilter filter;
    private final SmallObjectCache smallObjects;
    private final BlockOpener opener;
    private final LocalBlocks local;
    private final ReentrantLock syncing = new ReentrantLock();

    /// Of the last sync, so that nothing is parsed twice.
    private final Map<BlockId, ParsedMeta> parsed = new ConcurrentHashMap<>();

    /// What the blocks' samples were in when they were opened.
    private final Map<BlockId, Map<String, ObjectInfo>> openedFrom = new ConcurrentHashMap<>();

    /// What queries found out about blocks that are served.
    private final Map<BlockId, BlockProblem> damages = new ConcurrentHashMap<>();

    private volatile CatalogSnapshot snapshot = CatalogSnapshot.EMPTY;
    private volatile Map<BlockFilter.State, Integer> states = Map.of();

    /// @param directory holds what is kept of the blocks between starts
    BlockCatalog(Bucket bucket, Path directory, CatalogSettings settings, BlockOpener opener) {
        this.bucket = bucket;
        this.settings = settings;
        this.filter = new BlockFilter(settings);
        this.local = new LocalBlocks(directory);
        this.smallObjects = new SmallObjectCache(bucket, local.smallObjects());
        this.opener = opener;
    }

    CatalogSnapshot snapshot() {
        return snapshot;
    }

    /// Number of blocks by what became of them, at the last sync.
    Map<BlockFilter.State, Integer> states() {
        return states;
    }

    private record ParsedMeta(ObjectInfo listed, BlockMeta meta) {}

    /// What is known of the bucket's blocks, before it is decided which are served.
    private static final class Found {
        final Map<BlockId, BlockMeta> metas = new ConcurrentHashMap<>();
        final Map<BlockId, BlockMark> deletions = new ConcurrentHashMap<>();
        final ConcurrentLinkedQueue<BlockProblem> problems = new ConcurrentLinkedQueue<>();
        final EnumMap<BlockFilter.State, Integer> counts = new EnumMap<>(BlockFilter.State.class);

        synchronized void problem(BlockProblem problem, BlockFilter.State state) {
            problems.add(problem);
            counts.merge(state, 1, Integer::sum);
        }
    }

    /// Looks what the bucket has, opens what is new, and drops what is gone.
    ///
    /// @throws IOException if the bucket cannot be listed; everything stays as it was
    void sync() throws IOException {
        syncing.lock();
        try {
            local.create();
            BlockListing listing = BlockListing.read(bucket);
            Found found = new Found();
            Parallel.forEach(listing.blocks().values(), settings.concurrency(), objects -> readMeta(objects, found));
            listing.unlisted().forEach((id, reason) -> {
                ServedBlock served = snapshot.blocks().get(id);
                ParsedMeta before = parsed.get(id);
                BlockMeta meta = served != null ? served.meta() : before == null ? null : before.meta();
                LOG.warn("block {} cannot be served: {}", id, reason);
                found.problem(
                        new BlockProblem(id, meta, BlockProblem.Kind.UNREADABLE, reason), BlockFilter.State.FAILED);
            });
            List<BlockMeta> wanted = filter.apply(found.metas.values(), found.deletions, found.counts);
            open(wanted, listing, found);
            states = new EnumMap<>(found.counts);
            Set<BlockId> present = new HashSet<>(listing.blocks().keySet());
            present.addAll(listing.unlisted().keySet());
            local.retain(present);
            smallObjects.retain(listing.keys());
            parsed.keySet().retainAll(present);
            openedFrom.keySet().retainAll(snapshot.blocks().keySet());
        } finally {
            syncing.unlock();
        }
    }

    private void readMeta(BlockListing.Objects objects, Found found) {
        ObjectInfo listed = objects.find(BlockMeta.FILE);
        if (listed == null) {
            long age = settings.clock().millis() - objects.lastModifiedMs();
            if (age >= settings.consistencyDelay().toMillis()) {
                found.problem(
                        new BlockProblem(
                                objects.id(),
                                null,
                                BlockProblem.Kind.INCOMPLETE,
                                "no meta.json: the upload is under way, or broke off"),
                        BlockFilter.State.NO_META);
            }
            return;
        }
        try {
            BlockMeta meta = parse(objects.id(), listed);
            readDeletionMark(objects, found);
            String defect = defect(meta);
            if (defect == null) {
                found.metas.put(meta.id(), meta);
            } else {
                var e = new CorruptDataException(listed.key(), -1, defect);
                problem(objects.id(), meta, e, BlockFilter.State.CORRUPT_META, found);
            }
        } catch (CorruptDataException e) {
            problem(objects.id(), lastKnown(objects.id(), listed), e, BlockFilter.State.CORRUPT_META, found);
        } catch (ObjectNotFoundException e) {
            LOG.debug("block {} went away while it was looked at", objects.id(), e);
        } catch (IOException e) {
            ServedBlock served = snapshot.blocks().get(objects.id());
            if (served != null) {
                // what is open can be read without it
                found.metas.put(objects.id(), served.meta());
            } else {
                problem(objects.id(), null, e, BlockFilter.State.FAILED, found);
            }
        }
    }

    /// Why a block with this meta.json cannot be served; null if it can.
    private static @Nullable String defect(BlockMeta meta) {
        if (meta.isPlain()) {
            return "has no thanos section, so the block's external labels are not known;"
                    + " upload the block again with them";
        }
        if (meta.minTimeMs() > meta.maxTimeMs()) {
            return "minTime is after maxTime: minTime=%d, maxTime=%d".formatted(meta.minTimeMs(), meta.maxTimeMs());
        }
        long resolution = meta.thanos().resolutionMs();
        return BlockProblem.isKnown(resolution) ? null : "unknown resolution: " + resolution + " ms";
    }

    /// What a meta.json that cannot be used tells all the same, or told before.
    private @Nullable BlockMeta lastKnown(BlockId id, ObjectInfo listed) {
        ServedBlock served = snapshot.blocks().get(id);
        if (served != null) {
            return served.meta();
        }
        ParsedMeta before = parsed.get(id);
        if (before != null) {
            return before.meta();
        }
        try {
            return MetaSketch.read(id, smallObjects.read(listed));
        } catch (IOException e) {
            LOG.debug("nothing is known of block {}", id, e);
            return null;
        }
    }

    private BlockMeta parse(BlockId id, ObjectInfo listed) throws IOException {
        ParsedMeta before = parsed.get(id);
        if (before != null && before.listed().equals(listed)) {
            return before.meta();
        }
        BlockMeta meta = BlockMeta.parse(listed.key(), smallObjects.read(listed));
        if (!meta.id().equals(id)) {
            throw new CorruptDataException(listed.key(), -1, "names another block: " + meta.id());
        }
        parsed.put(id, new ParsedMeta(listed, meta));
        return meta;
    }

    private void readDeletionMark(BlockListing.Objects objects, Found found) throws IOException {
        ObjectInfo listed = objects.find(BlockMark.Kind.DELETION.file());
        if (listed == null) {
            return;
        }
        try {
            found.deletions.put(
                    objects.id(), BlockMark.parse(BlockMark.Kind.DELETION, listed.key(), smallObjects.read(listed)));
        } catch (CorruptDataException e) {
            // a mark that says nothing keeps nobody from reading
            LOG.warn("deletion mark is ignored", e);
        } catch (ObjectNotFoundException e) {
            LOG.debug("mark {} went away", listed.key(), e);
        }
    }

    private static void problem(
            BlockId id, @Nullable BlockMeta meta, Exception e, BlockFilter.State state, Found found) {
        LOG.warn("block {} cannot be served: {}", id, e.getMessage());
        found.problem(new BlockProblem(id, meta, BlockProblem.Kind.UNREADABLE, String.valueOf(e.getMessage())), state);
    }

    private void open(List<BlockMeta> wanted, BlockListing listing, Found found) throws IOException {
        CatalogSnapshot before = snapshot;
        Map<BlockId, ServedBlock> now = new ConcurrentHashMap<>();
        List<BlockMeta> fresh = new ArrayList<>();
        for (BlockMeta meta : wanted) {
            ServedBlock served = before.blocks().get(meta.id());
            // a meta.json may have been replaced, by other labels for example
            if (served == null) {
                fresh.add(meta);
            } else if (isUnchanged(served, meta, listing)) {
                now.put(meta.id(), served);
            } else {
                local.forget(meta.id());
                damages.remove(meta.id());
                fresh.add(meta);
            }
        }
        try {
            Parallel.forEach(fresh, settings.concurrency(), meta -> openOne(meta, listing, now, found));
        } catch (IOException | RuntimeException e) {
            now.forEach((id, block) -> {
                if (!block.equals(before.blocks().get(id))) {
                    block.release();
                }
            });
            throw e;
        }
        damages.keySet().retainAll(now.keySet());
        publish(now, found);
        Map<BlockId, ServedBlock> dropped = new HashMap<>(before.blocks());
        dropped.values().removeAll(now.values());
        dropped.values().forEach(ServedBlock::release);
        if (!fresh.isEmpty() || !dropped.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("blocks", now.size())
                    .addKeyValue("dropped", dropped.size())
                    .addKeyValue("problems", found.problems.size())
                    .log("blocks served changed");
        }
    }

    private boolean isUnchanged(ServedBlock served, BlockMeta meta, BlockListing listing) {
        BlockListing.Objects objects = listing.blocks().get(meta.id());
        return served.meta().equals(meta) && objects != null && objects.data().equals(openedFrom.get(meta.id()));
    }

    private synchronized void publish(Map<BlockId, ServedBlock> now, Found found) {
        List<BlockProblem> problems = new ArrayList<>(found.problems);
        problems.addAll(damages.values());
        snapshot = CatalogSnapshot.of(now, problems);
    }

    /// A query met bytes that are broken or gone.
    private void damaged(BlockMeta meta, String reason) {
        var problem = new BlockProblem(meta.id(), meta, BlockProblem.Kind.DAMAGED, reason);
        if (damages.putIfAbsent(meta.id(), problem) == null) {
            LOG.warn("block {} is damaged: {}", meta.id(), reason);
            synchronized (this) {
                snapshot = snapshot.with(problem);
            }
        }
    }

    private void openOne(BlockMeta meta, BlockListing listing, Map<BlockId, ServedBlock> now, Found found) {
        BlockListing.Objects objects = listing.blocks().get(meta.id());
        if (objects == null) {
            throw new IllegalStateException("not listed: " + meta.id());
        }
        try {
            var block = opener.open(meta, objects.sizes(), local.header(meta.id()), reason -> damaged(meta, reason));
            openedFrom.put(meta.id(), objects.data());
            now.put(meta.id(), new ServedBlock(block));
        } catch (UnknownTimesException e) {
            LOG.warn("block {} cannot be served: {}", meta.id(), e.getMessage());
            found.problem(BlockProblem.ofUnknownTimes(meta, String.valueOf(e.getMessage())), BlockFilter.State.FAILED);
        } catch (IOException | RuntimeException e) {
            // whatever it is, it concerns this block
            problem(meta.id(), meta, e, BlockFilter.State.FAILED, found);
        }
    }

    @Override
    public void close() {
        syncing.lock();
        try {
            CatalogSnapshot last = snapshot;
            snapshot = CatalogSnapshot.EMPTY;
            last.blocks().values().forEach(ServedBlock::release);
        } finally {
            syncing.unlock();
        }
    }
}
