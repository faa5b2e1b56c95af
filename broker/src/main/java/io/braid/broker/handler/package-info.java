/**
 * What a broker answers: one class for each API of the Kafka protocol.
 *
 * <p>Read {@link io.braid.broker.handler.ApiHandler} first, then {@link io.braid.broker.handler.HandlerTable}, which
 * holds the handlers of a node and knows from them which APIs and versions the node speaks. Handlers of metadata take
 * the cluster's image from a {@link io.braid.broker.handler.MetadataSource}, turn it into the generated response
 * classes, and submit commands to it.
 *
 * <p>Handlers are called on network event loops and must not block. They hold no state of a request, and each is used
 * by all event loops at once. Answers that take more than a moment to make (all of a million topics) are made on the
 * executor that the handler was given.
 */
package io.braid.broker.handler;
