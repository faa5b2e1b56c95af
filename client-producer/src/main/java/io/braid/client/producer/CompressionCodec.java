package io.braid.client.producer;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;

/** How batches are compressed, each by itself, at the codec's usual level. */
public enum CompressionCodec {
    NONE(CompressionType.NONE),
    GZIP(CompressionType.GZIP),
    SNAPPY(CompressionType.SNAPPY),
    LZ4(CompressionType.LZ4),
    ZSTD(CompressionType.ZSTD);

    private final CompressionType type;

    CompressionCodec(CompressionType type) {
        this.type = type;
    }

    int id() {
        return type.id;
    }

    Compression compression() {
        return Compression.of(type).build();
    }
}
