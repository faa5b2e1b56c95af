/**
 * What a controller decides. Commands go in; {@code decide(command, image)} yields a result and records and changes
 * nothing; applying the records gives the next image. Read {@link io.braid.controller.MetadataState} first. Pure: no
 * clock, thread, socket, file or random source; what is random or depends on time is in the command.
 */
package io.braid.controller;
