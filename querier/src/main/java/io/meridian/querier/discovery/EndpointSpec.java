package io.meridian.querier.discovery;

/// An endpoint as the operator writes it down.
///
/// @param address `host:port`, or a DNS name behind `dns+`, `dnssrv+`, `dnssrvnoa+` or `dnsdualstack+`
/// @param strict  asked by every query, whether it answers or not
public record EndpointSpec(String address, boolean strict) {
    /// @throws IllegalArgumentException if the address is strict and dynamic, or is neither a host with port nor
    /// dynamic
    public EndpointSpec {
        if (strict && isDynamic(address)) {
            throw new IllegalArgumentException(
                    address + " is a dynamically specified endpoint i.e. it uses SD and that is not permitted under"
                            + " strict mode");
        }
        if (!isDynamic(address) && !address.matches(".+:\\d{1,5}")) {
            throw new IllegalArgumentException("endpoint \"" + address + "\" has no port (write host:port)");
        }
    }

    boolean isDynamic() {
        return isDynamic(address);
    }

    private static boolean isDynamic(String address) {
        return address.indexOf('+') >= 0;
    }
}
