# A runner for x86 with MegEngine 1.13.0. From the repository's root:
#   docker build -f infra/images/runner-x86.Dockerfile -t mgeprof-runner-x86 .
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

# MegEngine's wheel is for CPython 3.10, and half of its two gigabytes are CUDA's libraries, also where there is no card.
FROM python:3.10.19-slim-bookworm AS engine
COPY infra/requirements/engine-1.13.0.txt /requirements/
RUN python -m venv --symlinks /opt/engines/1.13.0 \
    && /opt/engines/1.13.0/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements/engine-1.13.0.txt

FROM python:3.12.12-slim-bookworm
# Both Pythons live in /usr/local, each with its own names.
COPY --from=engine /usr/local/bin/python3.10 /usr/local/bin/python3.10
COPY --from=engine /usr/local/lib/libpython3.10.so.1.0 /usr/local/lib/libpython3.10.so.1.0
COPY --from=engine /usr/local/lib/python3.10 /usr/local/lib/python3.10
COPY --from=engine /opt/engines /opt/engines
COPY --from=packages /opt/mgeprof /opt/mgeprof
COPY --from=packages /app /app
RUN ldconfig \
    && ln -sf /usr/local/bin/python3.10 /opt/engines/1.13.0/bin/python \
    && install -d -o 10001 -g 10001 /var/lib/mgeprof
ENV PATH=/opt/mgeprof/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
USER 10001:10001
VOLUME /var/lib/mgeprof
# The file is written whenever the control plane answers a beat.
HEALTHCHECK --interval=20s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-P", "-m", "core.alive", "/var/lib/mgeprof/spool/answered", "60"]
ENTRYPOINT ["python", "-P", "-m", "runner"]
CMD ["--config", "/etc/mgeprof/runner.toml"]
