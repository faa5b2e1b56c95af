/**
 * Who asks, and whether they may.
 *
 * <p>Every request carries a {@link io.braid.broker.security.Caller}, and every handler asks an
 * {@link io.braid.broker.security.Authorizer} before it looks at anything. Until a node is configured with access
 * control, {@link io.braid.broker.security.Authorizer#ALLOW_ALL} answers.
 *
 * <p>Read {@link io.braid.broker.security.Authorizer} first. Everything here is immutable and may be used from any
 * thread.
 */
package io.braid.broker.security;
