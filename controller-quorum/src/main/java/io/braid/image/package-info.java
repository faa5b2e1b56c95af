/**
 * The immutable image of the cluster: topics, shards, pools, brokers and configs at one version. Read
 * {@link io.braid.image.ClusterImage} first. An image is built only by applying
 * {@link io.braid.image.MetadataRecord}s, on controllers and brokers alike; everything here may be read from any
 * thread.
 */
package io.braid.image;
