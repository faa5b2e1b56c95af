/** What is broken when: the schedule that a seed gives, and who carries it out. Read {@link io.braid.perf.chaos.fault.Schedule} first. */
package io.braid.perf.chaos.fault;
