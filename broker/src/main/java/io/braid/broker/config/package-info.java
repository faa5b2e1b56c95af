/**
 * What can be set: on a node, on a topic, on a group.
 *
 * <p>Each kind of thing has one table of keys ({@link io.braid.broker.config.NodeKeys}, {@link
 * io.braid.broker.config.TopicKeys}, {@link io.braid.broker.config.GroupKeys}): name, type, default, what is allowed,
 * unit, text. The table parses and validates, answers DescribeConfigs and generates docs/configuration.md. Read {@link
 * io.braid.broker.config.ConfigTable} first. Everything here is immutable and may be used by any thread.
 */
package io.braid.broker.config;
