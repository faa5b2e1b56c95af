package io.braid.log;

/**
 * A log start that retention wants to move.
 *
 * @param topicIdMsb high half of the topic id
 * @param topicIdLsb low half of the topic id
 * @param partition partition number
 * @param newLogStart first offset to keep
 */
public record LogStartAdvance(long topicIdMsb, long topicIdLsb, int partition, long newLogStart) {}
