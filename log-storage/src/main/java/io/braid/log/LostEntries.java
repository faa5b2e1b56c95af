package io.braid.log;

/**
 * Entries that had been forced and that recovery did not find. A replica with such a hole must not lead nor count as in sync: it
 * has to be repaired from another one.
 *
 * @param fromLsn first lost entry
 * @param toLsn exclusive; equal to {@code fromLsn} when the log's end is lost and how much is not known
 * @param reason for people
 */
public record LostEntries(long fromLsn, long toLsn, String reason) {}
