# The scheduler. From the repository's root:
#   docker build -f infra/images/scheduler.Dockerfile -t mgeprof-scheduler .
FROM python:3.12.12-slim-bookworm AS packages
WORKDIR /app
COPY infra/requirements/process.txt infra/requirements/build.txt /requirements/
RUN python -m venv /opt/mgeprof \
    && /opt/mgeprof/bin/pip install --no-cache-dir --no-deps --require-hashes \
        -r /requirements/process.txt -r /requirements/build.txt
COPY pyproject.toml README.md ./
COPY infra/requirements infra/requirements
COPY core core
RUN /opt/mgeprof/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && /opt/mgeprof/bin/python -P -m compileall -q core

FROM python:3.12.12-slim-bookworm
COPY --from=packages /opt/mgeprof /opt/mgeprof
COPY --from=packages /app /app
ENV PATH=/opt/mgeprof/bin:$PATH PYTHONUNBUFFERED=1 MGEPROF_METRICS_HOST=0.0.0.0 MGEPROF_METRICS_PORT=9100
WORKDIR /app
USER 10001:10001
EXPOSE 9100
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-P", "-m", "core.alive", "http://127.0.0.1:9100/metrics"]
ENTRYPOINT ["python", "-P", "-m", "core.scheduler"]
