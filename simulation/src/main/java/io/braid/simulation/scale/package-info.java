/**
 * How large a cluster's metadata may grow: the shipped state machine, image, deltas, snapshots, watch and routing tables at
 * sizes that no test machine holds, with modelled links and processors between them. Read
 * {@link io.braid.simulation.scale.ScaleCommand} first, then {@link io.braid.simulation.scale.ScaleRun}; docs/scale.md says
 * what is shipped code and what is a model. Everything here belongs to the thread that runs it.
 */
package io.braid.simulation.scale;
