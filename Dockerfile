# A node of Braid. The distribution is built outside, by bin/braid (deploy/docker/build.sh does both): the image needs no
# registry but that of its base, which may be any Linux with bash and a Java runtime, 17 or newer.
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}

RUN groupadd --system --gid 10001 braid \
  && useradd --system --uid 10001 --gid braid --home-dir /var/lib/braid --shell /usr/sbin/nologin braid \
  && install -d -o braid -g braid -m 0750 /var/lib/braid

COPY broker/target/dist /opt/braid
COPY deploy/docker/ready /opt/braid/bin/ready

# The class-data archive, made by a run that does what a node does: it halves the start.
RUN /opt/braid/bin/braid version && ls /opt/braid/cds/*.jsa && ln -s /opt/braid/bin/braid /usr/local/bin/braid

# For a node alone. BRAID_<KEY> sets any key of docs/configuration.md; BRAID_HEAP and BRAID_JVM_OPTS the JVM.
ENV BRAID_LOG_DIRS=/var/lib/braid \
    BRAID_LISTENERS=PLAINTEXT://0.0.0.0:9092 \
    BRAID_ADVERTISED_LISTENERS=PLAINTEXT://localhost:9092 \
    BRAID_CONTROLLER_LISTENER=0.0.0.0:9093 \
    BRAID_RAFT_LISTENER=0.0.0.0:9094 \
    BRAID_INTER_BROKER_LISTENER=0.0.0.0:9095 \
    BRAID_ADVERTISED_INTER_BROKER_LISTENER=localhost:9095 \
    BRAID_ADMIN_LISTENER=0.0.0.0:9644 \
    BRAID_HEAP=512m

USER braid
WORKDIR /var/lib/braid
VOLUME /var/lib/braid
EXPOSE 9092 9093 9094 9095 9644
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2s --timeout=5s --start-period=60s --retries=5 CMD ["/opt/braid/bin/ready"]

# The script replaces itself by the JVM, which is process 1 and gets the signals.
ENTRYPOINT ["/opt/braid/bin/braid"]
CMD ["start"]
