/** What the clients of a run did and saw: operations, and the file of JSON lines that keeps them. Read {@link io.braid.perf.chaos.history.Op}. */
package io.braid.perf.chaos.history;
