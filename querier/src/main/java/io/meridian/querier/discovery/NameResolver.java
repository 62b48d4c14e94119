package io.meridian.querier.discovery;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/// Turns DNS names of endpoints into addresses (Thanos `pkg/discovery/dns`).
final class NameResolver {
    private NameResolver() {}

    private record Service(String host, int port) {}

    /// @param address `dns+host:port`, `dnssrv+_name._tcp.host`, `dnssrvnoa+…`, `dnsdualstack+host:port`
    /// @return addresses as `host:port`
    /// @throws IOException if the name does not resolve
    static List<String> resolve(String address) throws IOException {
        int plus = address.indexOf('+');
        String kind = address.substring(0, plus);
        String name = address.substring(plus + 1);
        int colon = name.lastIndexOf(':');
        String host = colon < 0 ? name : name.substring(0, colon);
        return switch (kind) {
            case "dns", "dnsdualstack" -> {
                if (colon < 0) {
                    throw new IOException("missing port in address given for dns lookup: " + name);
                }
                yield addresses(host, name.substring(colon + 1));
            }
            case "dnssrv", "dnssrvnoa" -> {
                var all = new ArrayList<String>();
                for (Service service : services(host)) {
                    String port = colon < 0 ? Integer.toString(service.port()) : name.substring(colon + 1);
                    if (kind.equals("dnssrv")) {
                        all.addAll(addresses(service.host(), port));
                    } else {
                        all.add(service.host() + ":" + port);
                    }
                }
                yield all;
            }
            default -> throw new IOException("unknown kind of lookup \"" + kind + "+\" (dns+, dnssrv+, dnssrvnoa+)");
        };
    }

    private static List<String> addresses(String host, String port) throws IOException {
        var all = new ArrayList<String>();
        for (InetAddress address : InetAddress.getAllByName(host)) {
            String text = address.getHostAddress();
            all.add((address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port);
        }
        return all;
    }

    /// JNDI asks DNS here and nothing else, and records come back as text.
    @SuppressWarnings({"BanJNDI", "JdkObsolete"})
    private static List<Service> services(String name) throws IOException {
        var environment = new Hashtable<String, String>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, "dns:");
        try {
            var context = new InitialDirContext(environment);
            try {
                Attribute records =
                        context.getAttributes(name, new String[] {"SRV"}).get("SRV");
                var all = new ArrayList<Service>();
                for (int i = 0; records != null && i < records.size(); i++) {
                    // priority, weight, port, target
                    String[] fields = String.valueOf(records.get(i)).split(" ");
                    String target = fields[3];
                    String host = target.endsWith(".") ? target.substring(0, target.length() - 1) : target;
                    all.add(new Service(host, Integer.parseInt(fields[2])));
                }
                return all;
            } finally {
                context.close();
            }
        } catch (NamingException e) {
            throw new IOException("cannot look up SRV records of " + name + ": " + e.getMessage(), e);
        }
    }
}
