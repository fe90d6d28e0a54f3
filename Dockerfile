# agent-trace serve in a container. The build context is a directory with the files of a release:
#   docker build -t agent-trace -f Dockerfile dist
#   docker run -d -p 5080:5080 -v agent-trace:/data -e ADMIN_SECRET=… agent-trace
# The steps are run by tests/release/container.test.ts.

FROM debian:bookworm-slim AS unpack
ARG TARGETARCH=amd64
WORKDIR /release
COPY SHA256SUMS agent-trace-linux-x64.tar.gz agent-trace-linux-arm64.tar.gz ./
RUN case "$TARGETARCH" in amd64) target=linux-x64 ;; arm64) target=linux-arm64 ;; *) exit 1 ;; esac \
  && grep " agent-trace-$target.tar.gz\$" SHA256SUMS | sha256sum -c - \
  && tar -xzf "agent-trace-$target.tar.gz" --no-same-owner \
  && mv "agent-trace-$target/agent-trace" /agent-trace \
  && /agent-trace --version

FROM debian:bookworm-slim
COPY --from=unpack /agent-trace /usr/local/bin/agent-trace
RUN groupadd --gid 10001 agent-trace \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin agent-trace \
  && install -d -m 700 -o 10001 -g 10001 /data
USER 10001:10001
ENV HOME=/data PORT=5080
VOLUME /data
EXPOSE 5080
# The image has neither curl nor wget; bash opens the connection itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
STOPSIGNAL SIGTERM
CMD ["agent-trace", "serve", "--host", "0.0.0.0", "--data", "/data"]
