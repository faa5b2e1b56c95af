package io.braid.client.consumer;

/** Memory that a broker's answer came in, held until all its chunks are read. Owned as the {@link Fetcher} is. */
final class Frame {
    private final Runnable release;
    private final int bytes;
    private int holders;

    /** @param release gives the memory back; called once */
    Frame(int bytes, Runnable release) {
        this.bytes = bytes;
        this.release = release;
    }

    int bytes() {
        return bytes;
    }

    void retain() {
        holders++;
    }

    /** Returns whether this was the last holder: the memory is given back then. */
    boolean release() {
        if (--holders == 0) {
            release.run();
            return true;
        }
        return false;
    }
}
