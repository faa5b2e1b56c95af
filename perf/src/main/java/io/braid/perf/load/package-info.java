/**
 * Loads through Kafka's protocol with either client library, against any broker of it: {@code braid perf produce}, {@code consume},
 * {@code end-to-end}, {@code spread} and {@code soak}. Begin with {@link io.braid.perf.load.ProduceCommand}; docs/perf.md says how each
 * measures. A command is one thread that sends, with one more where something reads at the same time.
 */
package io.braid.perf.load;
