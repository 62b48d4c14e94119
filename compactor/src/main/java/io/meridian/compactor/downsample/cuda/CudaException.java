package io.meridian.compactor.downsample.cuda;

/// A call of the driver failed.
final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CudaException(String call, int code, String name) {
        super(call + " failed: " + name + " (" + code + ")");
    }
}
