# A node in a container:
#
#   docker build -t sonde .
#   docker run -d --name sonde --network host --pid host --cgroupns host --cap-add BPF --cap-add PERFMON \
#     --cap-add DAC_READ_SEARCH --ulimit memlock=-1 -v /sys/kernel/tracing:/sys/kernel/tracing:ro -v sonde:/var/lib/sonde sonde
#
# The README says what each of these is for, and which of them can be left out.
FROM node:20-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN ./setup.sh && ./install.sh /opt/sonde

FROM node:20-bookworm-slim
# Versions are those of the base image's own Debian; to fix them here would only keep security updates out.
# hadolint ignore=DL3008
RUN apt-get update \
	&& apt-get install -y --no-install-recommends libbpf1 libcap2-bin \
	&& rm -rf /var/lib/apt/lists/* \
	# The node runs as an ordinary user, to whom a container engine gives no capabilities but by the file that it runs.
	&& setcap cap_bpf,cap_perfmon,cap_dac_read_search+ep /usr/local/bin/node \
	&& useradd --uid 10001 --no-create-home --home-dir /var/lib/sonde --shell /usr/sbin/nologin sonde \
	&& install -d -m 0700 -o sonde -g sonde /var/lib/sonde \
	&& ln -s /opt/sonde/dist/clients/cli/main.js /usr/local/bin/sonde
COPY --from=build /opt/sonde /opt/sonde
# By number: what starts the container may not know the name.
USER 10001:10001
# Keys and identities: without a volume every new container is another node.
VOLUME /var/lib/sonde
EXPOSE 7443
# As the administrator, whose identity the node keeps beside its own.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["sonde", "health"]
ENTRYPOINT ["sonde"]
CMD ["serve"]
