/**
 * The command {@code braid}: start a node, and do a client's everyday work against any broker that speaks the Kafka
 * protocol. Read {@link io.braid.broker.cli.BraidCommand} first; each subcommand is a class.
 *
 * <p>Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. A failure is one line on standard error. Confined to
 * the main thread, but for what a class says of itself.
 */
package io.braid.broker.cli;
