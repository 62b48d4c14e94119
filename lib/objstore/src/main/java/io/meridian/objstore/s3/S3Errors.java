package io.meridian.objstore.s3;

import io.meridian.objstore.ObjectNotFoundException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The SDK's exceptions as ours.
record S3Errors(String bucket) {
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    IOException translate(String verb, String key, SdkException e) {
        if (e instanceof AbortedException) {
            // the SDK has cleared the flag
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted: " + verb + " " + key + " in " + bucket);
            interrupted.initCause(e);
            return interrupted;
        }
        int status = status(e);
        String code = code(e);
        if (status == NOT_FOUND && !code.equals("NoSuchBucket") && !code.equals("NoSuchUpload")) {
            return new ObjectNotFoundException(bucket, key);
        }
        if (status == RANGE_NOT_SATISFIABLE) {
            var end = new EOFException("object is too short: bucket=%s, key=%s".formatted(bucket, key));
            end.initCause(e);
            return end;
        }
        var text = new StringBuilder("cannot " + verb + " " + key + " in " + bucket + ": ");
        if (e instanceof SdkServiceException service) {
            text.append("status=").append(status);
            if (!code.isEmpty()) {
                text.append(", code=").append(code);
            }
            if (service.requestId() != null) {
                text.append(", request=").append(service.requestId());
            }
            text.append(", attempts=").append(e.numAttempts());
            AwsErrorDetails details = e instanceof S3Exception s3 ? s3.awsErrorDetails() : null;
            if (details != null && details.errorMessage() != null) {
                text.append(": ").append(details.errorMessage());
            }
        } else {
            text.append(e.getMessage());
        }
        return new IOException(text.toString(), e);
    }

    static int status(SdkException e) {
        return e instanceof SdkServiceException service ? service.statusCode() : 0;
    }

    static String code(SdkException e) {
        AwsErrorDetails details = e instanceof S3Exception s3 ? s3.awsErrorDetails() : null;
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }
}
