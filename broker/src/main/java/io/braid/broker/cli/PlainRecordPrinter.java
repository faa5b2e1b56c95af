package io.braid.broker.cli;

import io.braid.client.consumer.ConsumerRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Prints values, or keys and values, as they are; what is null prints nothing. */
final class PlainRecordPrinter implements RecordPrinter {

    private final Console console;
    private final byte[] keySeparator;
    private final boolean newlineBetween;
    private boolean first = true;

    /**
     * @param keySeparator printed after the key; empty for "no keys"
     * @param newlineBetween whether newlines go between records instead of after each
     */
    PlainRecordPrinter(Console console, Optional<byte[]> keySeparator, boolean newlineBetween) {
        this.console = console;
        this.keySeparator = keySeparator.orElse(null);
        this.newlineBetween = newlineBetween;
    }

    @Override
    public void print(ConsumerRecord<byte[], byte[]> record) {
        OutputStream out = console.out();
        try {
            if (newlineBetween && !first) {
                out.write('\n');
            }
            first = false;
            if (keySeparator != null) {
                write(out, record.key());
                out.write(keySeparator);
            }
            write(out, record.value());
            if (!newlineBetween) {
                out.write('\n');
            }
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    private static void write(OutputStream out, byte[] bytes) throws IOException {
        if (bytes != null) {
            out.write(bytes);
        }
    }

    @Override
    public void flush() {
        console.flush();
    }
}
