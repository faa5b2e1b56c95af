/**
 * A whole cluster in one thread, from one seed: the shipped cores of controllers, brokers and shards on a simulated
 * network, with simulated clocks and disks, under faults, with every promise checked after every step. Read
 * {@link io.braid.simulation.Simulation} first; docs/simulation.md says what is modelled and how a seed is replayed.
 * Everything here belongs to the thread that runs the simulation.
 */
package io.braid.simulation;
