package io.braid.broker.shard;

import java.io.IOException;

/** The log directory in which a shard lies cannot be used. */
final class LogDirectoryOfflineException extends IOException {
    private static final long serialVersionUID = 1;

    LogDirectoryOfflineException(int shardId, String directory) {
        super("shard " + shardId + " lies in the log directory " + directory + ", which is offline");
    }
}
