package io.meridian.querier.discovery;

import io.meridian.model.Fault;
import io.meridian.model.QueryException;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.info.InfoClient;
import io.meridian.proto.store.Endpoint;
import io.meridian.proto.store.StoreClient;
import io.meridian.querier.fanout.Member;
import io.meridian.querier.http.StoreStatus;
import io.vertx.core.http.HttpClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All endpoints, found by flags, files and DNS, and asked at intervals what they are (Thanos `pkg/query`).
public final class EndpointSet implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EndpointSet.class);

    private final EndpointSettings settings;
    private final HttpClient grpc;
    private final Map<String, EndpointState> states = new ConcurrentHashMap<>();
    /// DNS name → what it last resolved to
    private final Map<String, List<String>> resolved = new ConcurrentHashMap<>();

    private final CountDownLatch firstRound = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    /// Address of a sidecar → what is wrong, where another one has the same external labels.
    private volatile Map<String, String> twins = Map.of();

    private List<EndpointSpec> fromFiles = List.of();
    private long filesReadNanos;
    private long namesResolvedNanos;

    private EndpointSet(EndpointSettings settings, HttpClient grpc) {
        this.settings = settings;
        this.grpc = grpc;
        this.thread = Thread.ofVirtual().name("endpoints").unstarted(this::run);
    }

    /// Begins to look for endpoints.
    ///
    /// @throws IllegalArgumentException if an address or a file of endpoints is wrong
    /// @throws IOException              if a file of endpoints cannot be read
    public static EndpointSet start(EndpointSettings settings, HttpClient grpc) throws IOException {
        var set = new EndpointSet(settings, grpc);
        set.fromFiles = settings.readFiles();
        set.filesReadNanos = System.nanoTime();
        set.thread.start();
        return set;
    }

    /// Waits until every endpoint was asked once, at most so long.
    public void awaitFirstRound(Duration longest) throws InterruptedException {
        if (!firstRound.await(longest.toMillis(), TimeUnit.MILLISECONDS)) {
            log.warn("not every endpoint answered in {} ms", longest.toMillis());
        }
    }

    /// The endpoints that take part in queries.
    public List<Member> members() {
        Map<String, String> twins = this.twins;
        return sorted().stream()
                .filter(EndpointState::isQueryable)
                .map(state -> state.member(twins.get(state.address())))
                .toList();
    }

    /// Every endpoint that was asked: an operator must see which fail, and why.
    public List<StoreStatus> statuses() {
        return sorted().stream()
                .filter(state -> state.info() != null || state.lastError() != null)
                .map(EndpointState::status)
                .toList();
    }

    /// Healthy endpoints of a type.
    public long count(String type) {
        return states.values().stream()
                .filter(EndpointState::isHealthy)
                .filter(state -> state.effectiveInfo().component().equals(type))
                .count();
    }

    private List<EndpointState> sorted() {
        return states.values().stream()
                .sorted(Comparator.comparing(EndpointState::address))
                .toList();
    }

    private void run() {
        try {
            do {
                round();
                firstRound.countDown();
            } while (!stop.await(settings.infoTimeout().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        Map<String, EndpointSpec> wanted = wanted();
        states.keySet().retainAll(wanted.keySet());
        var checks = new ArrayList<Thread>();
        wanted.forEach((address, spec) -> checks.add(Thread.startVirtualThread(() -> check(address, spec))));
        for (Thread check : checks) {
            check.join();
        }
        Map<String, String> now = Twins.find(states.values());
        now.forEach((address, concern) -> {
            if (!twins.containsKey(address)) {
                log.atError().addKeyValue("address", address).log(concern);
            }
        });
        twins = now;
    }

    private Map<String, EndpointSpec> wanted() {
        rereadFiles();
        var specs = new ArrayList<>(settings.specs());
        specs.addAll(fromFiles);
        boolean due = System.nanoTime() - namesResolvedNanos
                >= settings.nameInterval().toNanos();
        if (due || namesResolvedNanos == 0) {
            namesResolvedNanos = System.nanoTime();
            specs.stream().filter(EndpointSpec::isDynamic).forEach(this::resolve);
        }
        var wanted = new LinkedHashMap<String, EndpointSpec>();
        for (EndpointSpec spec : specs) {
            if (spec.isDynamic()) {
                resolved.getOrDefault(spec.address(), List.of()).forEach(address -> wanted.put(address, spec));
            } else {
                wanted.put(spec.address(), spec);
            }
        }
        return wanted;
    }

    private void rereadFiles() {
        if (System.nanoTime() - filesReadNanos < settings.fileInterval().toNanos()) {
            return;
        }
        filesReadNanos = System.nanoTime();
        try {
            fromFiles = settings.readFiles();
        } catch (IOException | IllegalArgumentException e) {
            log.warn("cannot read files of endpoints, the old ones stay", e);
        }
    }

    /// A name that does not resolve keeps the addresses it had.
    private void resolve(EndpointSpec spec) {
        try {
            resolved.put(spec.address(), NameResolver.resolve(spec.address()));
        } catch (IOException e) {
            log.warn("cannot resolve endpoint {}: {}", spec.address(), e.getMessage());
        }
    }

    private void check(String address, EndpointSpec spec) {
        EndpointState old = states.get(address);
        EndpointState state = old == null || !old.spec().equals(spec) ? create(address, spec) : old;
        try {
            EndpointInfo info = InfoClient.ask(Endpoint.of(grpc, address), settings.infoTimeout());
            if (!state.isHealthy()) {
                log.atInfo()
                        .addKeyValue("address", address)
                        .addKeyValue("type", info.component())
                        .log("endpoint answers");
            }
            states.put(address, state.answered(info, Instant.now()));
        } catch (QueryException | IllegalArgumentException e) {
            boolean late = e instanceof QueryException exception && exception.fault() == Fault.TIMED_OUT;
            failed(
                    address,
                    state,
                    late
                            ? "no answer to Info within "
                                    + settings.infoTimeout().toMillis() + " ms"
                            : String.valueOf(e.getMessage()));
        }
    }

    private void failed(String address, EndpointState state, String error) {
        Instant now = Instant.now();
        if (state.lastError() == null) {
            log.atWarn().addKeyValue("address", address).log("endpoint does not answer: {}", error);
        }
        boolean forgotten =
                state.lastSuccess().plus(settings.unhealthyTimeout()).isBefore(now);
        // addresses that a name resolves to come and go; one that somebody wrote down is missed until it answers
        if (state.spec().isDynamic() && !state.spec().strict() && (state.info() == null || forgotten)) {
            states.remove(address);
        } else {
            states.put(address, state.failed(error, now));
        }
    }

    private EndpointState create(String address, EndpointSpec spec) {
        var client = new StoreClient(Endpoint.of(grpc, address), () -> infoOf(address), settings.responseTimeout());
        return new EndpointState(spec, address, client, null, null, Instant.now(), Instant.now());
    }

    private EndpointInfo infoOf(String address) {
        EndpointState state = states.get(address);
        return state == null ? EndpointState.NOTHING : state.effectiveInfo();
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }
}
