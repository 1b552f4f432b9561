# A runner for 64-bit ARM with a load_and_run built from MegEngine's sources. On an ARM machine, from the repository's root:
#   docker build -f infra/images/runner-arm.Dockerfile -t mgeprof-runner-arm .
# Expect an hour of compiling and 10 GB of disk.
FROM debian:bookworm-20251117-slim AS engine
ARG VERSION=v1.13.0
# The versions of the compiler and its tools are those of the base image's release.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends \
        build-essential ca-certificates cmake git ninja-build patchelf python3 python3-dev python3-numpy swig \
    && rm -rf /var/lib/apt/lists/*
COPY infra/images/build-load-and-run /usr/local/bin/
RUN build-load-and-run "$VERSION" /opt/load_and_run/load_and_run

FROM python:3.12.12-slim-bookworm AS packages
WORKDIR /app
COPY infra/requirements/runner.txt infra/requirements/traces.txt infra/requirements/build.txt /requirements/
RUN python -m venv /opt/mgeprof \
    && /opt/mgeprof/bin/pip install --no-cache-dir --no-deps --require-hashes \
        -r /requirements/runner.txt -r /requirements/traces.txt -r /requirements/build.txt
COPY pyproject.toml README.md ./
COPY infra infra
COPY core core
COPY client client
COPY runner runner
RUN /opt/mgeprof/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && /opt/mgeprof/bin/python -P -m compileall -q core client infra runner

FROM python:3.12.12-slim-bookworm
COPY --from=engine /opt/load_and_run /opt/load_and_run
COPY --from=packages /opt/mgeprof /opt/mgeprof
COPY --from=packages /app /app
RUN install -d -o 10001 -g 10001 /var/lib/mgeprof
ENV PATH=/opt/mgeprof/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
USER 10001:10001
VOLUME /var/lib/mgeprof
# The file is written whenever the control plane answers a beat.
HEALTHCHECK --interval=20s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-P", "-m", "core.alive", "/var/lib/mgeprof/spool/answered", "60"]
ENTRYPOINT ["python", "-P", "-m", "runner"]
CMD ["--config", "/etc/mgeprof/runner.toml"]
