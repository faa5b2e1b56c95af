package io.braid.quorum;

import io.braid.image.ControllerImage;

/** Makes the ways to controllers that a broker learns of from the metadata. Must not block. */
@FunctionalInterface
public interface ControllerConnector {
    ControllerChannel connect(ControllerImage controller);
}
