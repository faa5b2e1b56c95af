package io.braid.log;

/** When a write is acknowledged in relation to the disk ({@code flush}). */
public enum FlushMode {
    /**
     * Acknowledged when the in-sync replicas have it in their page caches. A killed process loses nothing; a power cut
     * on every replica at once may lose what was written since the last background flush.
     */
    REPLICATED,
    /** Acknowledged after a group fsync: neither a killed process nor a power cut loses an acknowledged write. */
    GROUP
}
