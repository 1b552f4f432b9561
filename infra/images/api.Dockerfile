# The HTTP service with the built pages and guides, and the command line that operators use. From the repository's root:
#   docker build -f infra/images/api.Dockerfile -t mgeprof-api .
FROM python:3.12.12-slim-bookworm AS packages
WORKDIR /app
COPY infra/requirements/process.txt infra/requirements/build.txt /requirements/
RUN python -m venv /opt/mgeprof \
    && /opt/mgeprof/bin/pip install --no-cache-dir --no-deps --require-hashes \
        -r /requirements/process.txt -r /requirements/build.txt
COPY pyproject.toml README.md ./
COPY infra/requirements infra/requirements
COPY core core
COPY projections projections
COPY api api
COPY client client
COPY infra infra
COPY runner runner
# In place, as everywhere else: the pages and migrations are found beside the packages.
RUN /opt/mgeprof/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && /opt/mgeprof/bin/python -P -m compileall -q core projections api client infra runner
COPY docs docs
RUN /opt/mgeprof/bin/python -P -m infra.site site

FROM packages AS openapi
RUN /opt/mgeprof/bin/mgeprof openapi --out /openapi.json

FROM node:22.21.1-bookworm-slim AS pages
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --ignore-scripts --no-fund --no-audit
COPY frontend ./
COPY --from=openapi /openapi.json ./
RUN npm run --silent generate && npm run --silent build

FROM python:3.12.12-slim-bookworm
COPY --from=packages /opt/mgeprof /opt/mgeprof
COPY --from=packages /app /app
COPY --from=pages /app/frontend/dist /app/frontend/dist
ENV PATH=/opt/mgeprof/bin:$PATH PYTHONUNBUFFERED=1 MGEPROF_API_HOST=0.0.0.0
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-P", "-m", "core.alive", "http://127.0.0.1:8000/healthz"]
ENTRYPOINT ["python", "-P", "-m", "api"]
