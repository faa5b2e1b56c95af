/**
 * {@code braid perf profile}: what a node that runs does with its time and memory, by a short flight recording. Read {@link
 * io.braid.perf.profile.ProfileCommand} first; {@link io.braid.perf.profile.Profile} adds up events and knows no files.
 */
package io.braid.perf.profile;
