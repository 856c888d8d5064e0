# The product as `make release` built it. `make image` builds this; "As a container" in docs/operators.md tells how to run it.
FROM python:3.11-slim AS installed
RUN python -m venv /opt/kb
# Anything but nothing: what files in a bucket need, too.
ARG S3=
COPY requirements.txt requirements-s3.txt /tmp/
RUN /opt/kb/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/requirements.txt
RUN test -z "$S3" || /opt/kb/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/requirements-s3.txt
COPY dist/troubleshooting_kb-*.whl /tmp/
RUN /opt/kb/bin/pip install --no-cache-dir --no-deps /tmp/troubleshooting_kb-*.whl \
    && /opt/kb/bin/pip check

FROM python:3.11-slim
COPY --from=installed /opt/kb /opt/kb
# A number, so that orchestrators can see that it is not root; nothing but /data and /tmp is ever written.
RUN install -d -o 10001 -g 10001 -m 700 /data
ENV PATH=/opt/kb/bin:$PATH \
    HOME=/data \
    KB_DATA_DIR=/data \
    KB_HOST=0.0.0.0 \
    PORT=8000 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --retries=3 CMD ["python", "-m", "kb.config.probe"]
CMD ["troubleshooting-kb", "serve"]
