package io.braid.broker.config;

import java.util.Objects;

/**
 * An address to bind or to connect to. Immutable.
 *
 * @param host name or address, IPv6 without brackets; empty for "all interfaces"
 * @param port 0 to 65535; 0 picks a free one
 */
public record HostPort(String host, int port) {

    public HostPort {
        Objects.requireNonNull(host);
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not from 0 to 65535");
        }
    }

    /**
     * Reads {@code host:port}, {@code [ipv6]:port} or {@code :port}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("no port in " + text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException("IPv6 address without brackets in " + text);
        }
        if (host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@' || c == ',')) {
            throw new IllegalArgumentException("not a host: " + host);
        }
        String digits = text.substring(colon + 1);
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9') || digits.length() > 5) {
            throw new IllegalArgumentException("not a port: " + digits);
        }
        return new HostPort(host, Integer.parseInt(digits));
    }

    /** Whether this stands for all interfaces, which nobody can connect to. */
    public boolean isWildcard() {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
