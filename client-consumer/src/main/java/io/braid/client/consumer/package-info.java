/** Reads records of a Braid or Kafka cluster: by assignment or as a member of a group, by polling or by handlers. */
package io.braid.client.consumer;
