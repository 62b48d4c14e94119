package io.meridian.objstore.s3;

import io.meridian.objstore.Bucket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/// Parts of one object on their way, a few at a time.
final class MultipartUpload {
    /// How many parts may be in memory and under way.
    private static final int PARTS_AT_ONCE = 3;

    private static final int PARTS_MAX = 10_000;

    private final S3Bucket bucket;
    private final String key;
    private final String uploadId;
    private final Semaphore slots = new Semaphore(PARTS_AT_ONCE);
    private final List<FutureTask<CompletedPart>> tasks = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private MultipartUpload(S3Bucket bucket, String key, String uploadId) {
        this.bucket = bucket;
        this.key = key;
        this.uploadId = uploadId;
    }

    static MultipartUpload begin(S3Bucket bucket, String key, Map<String, String> metadata) throws IOException {
        var request = CreateMultipartUploadRequest.builder()
                .bucket(bucket.settings().bucket())
                .key(key)
                .metadata(metadata)
                .overrideConfiguration(bucket.limits(0));
        bucket.encryption().apply(request);
        try {
            String id = bucket.client().createMultipartUpload(request.build()).uploadId();
            return new MultipartUpload(bucket, key, id);
        } catch (SdkException e) {
            throw bucket.errors().translate("begin the upload of", key, e);
        }
    }

    /// Takes the buffer. Waits while too many parts are under way.
    void send(byte[] buffer, int length) throws IOException {
        if (tasks.size() == PARTS_MAX) {
            throw new IOException("cannot upload %s to %s: more than %d parts of %d bytes; raise part_size"
                    .formatted(key, bucket.name(), PARTS_MAX, bucket.settings().partBytes()));
        }
        int number = tasks.size() + 1;
        try {
            slots.acquire();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        var task = new FutureTask<>(() -> {
            try {
                return sendNow(number, buffer, length);
            } finally {
                slots.release();
            }
        });
        tasks.add(task);
        threads.add(Thread.ofVirtual().name("upload " + key + " part " + number).start(task));
    }

    private CompletedPart sendNow(int number, byte[] buffer, int length) throws IOException {
        var request = UploadPartRequest.builder()
                .bucket(bucket.settings().bucket())
                .key(key)
                .uploadId(uploadId)
                .partNumber(number)
                .overrideConfiguration(bucket.limits(length));
        bucket.encryption().apply(request);
        if (bucket.settings().sendContentMd5()) {
            request.contentMD5(Encryption.md5(buffer, length));
        }
        try {
            var response = bucket.client().uploadPart(request.build(), S3Upload.body(buffer, length));
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(response.eTag())
                    .build();
        } catch (SdkException e) {
            throw bucket.errors().translate("upload part " + number + " of", key, e);
        }
    }

    /// Waits for the parts.
    void await() throws IOException {
        for (FutureTask<CompletedPart> task : tasks) {
            get(task);
        }
    }

    private CompletedPart get(FutureTask<CompletedPart> task) throws IOException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /// @return the object's version
    String complete(Bucket.Precondition precondition) {
        List<CompletedPart> parts = tasks.stream().map(FutureTask::resultNow).toList();
        var request = CompleteMultipartUploadRequest.builder()
                .bucket(bucket.settings().bucket())
                .key(key)
                .uploadId(uploadId)
                .multipartUpload(list -> list.parts(parts))
                .overrideConfiguration(bucket.limits(0));
        bucket.encryption().apply(request);
        switch (precondition) {
            case Bucket.Precondition.None() -> {}
            case Bucket.Precondition.Absent() -> request.ifNoneMatch("*");
            case Bucket.Precondition.Version(String version) -> request.ifMatch(S3Upload.quoted(version));
        }
        return S3Bucket.version(
                bucket.client().completeMultipartUpload(request.build()).eTag());
    }

    /// Removes the parts from the server.
    ///
    /// @throws SdkException if that fails
    void abort() {
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        try {
            bucket.client()
                    .abortMultipartUpload(
                            request -> request.bucket(bucket.settings().bucket())
                                    .key(key)
                                    .uploadId(uploadId)
                                    .overrideConfiguration(bucket.limits(0)));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while uploading " + key);
    }
}
