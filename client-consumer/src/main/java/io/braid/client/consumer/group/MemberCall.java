package io.braid.client.consumer.group;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request that a membership wants to send to the coordinator. Immutable as long as its message is left alone.
 *
 * @param highestVersion that the membership was written for
 * @param extraTimeoutMs for which the coordinator may hold the answer back, on top of the usual time-out
 */
record MemberCall(ApiKeys key, int highestVersion, ApiMessage request, long extraTimeoutMs) {}
