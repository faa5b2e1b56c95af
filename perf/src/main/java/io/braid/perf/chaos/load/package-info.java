/** The clients of a run: producers, readers of assigned partitions, members of groups. Read {@link io.braid.perf.chaos.load.Load}. */
package io.braid.perf.chaos.load;
