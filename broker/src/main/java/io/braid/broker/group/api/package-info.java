/**
 * The requests of groups on the wire, one handler an API. Each asks the authorizer, hands the request to {@link
 * io.braid.broker.group.GroupCoordinator}, and knows how a failure is said in its versions. Thread-safe; nothing blocks.
 */
package io.braid.broker.group.api;
