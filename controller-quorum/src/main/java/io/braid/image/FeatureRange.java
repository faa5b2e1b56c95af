package io.braid.image;

/** The levels of a feature, {@code metadata.version} for one, that a broker can work with. */
public record FeatureRange(String name, short min, short max) {}
