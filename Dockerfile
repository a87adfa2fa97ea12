# syntax=docker/dockerfile:1
# Two stages: what builds the product stays behind; what runs it has no compiler, no root and nothing to write but /var/lib/kam.
FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gettext \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/kam
COPY requirements.txt /tmp/requirements.txt
RUN /opt/kam/bin/pip install --require-hashes --only-binary :all: -r /tmp/requirements.txt
WORKDIR /srv/kam
COPY . .
RUN msgfmt --check -o locale/zh_Hans/LC_MESSAGES/django.mo locale/zh_Hans/LC_MESSAGES/django.po \
    && /opt/kam/bin/python -m compileall -q /srv/kam \
    && DJANGO_SETTINGS_MODULE=kam.settings.prod VAR_DIR=/tmp/build ALLOWED_HOSTS=localhost \
       SECRET_KEY=only-while-building-0123456789-abcdefghijklmnopqrstuvwxyz \
       /opt/kam/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim-bookworm

RUN groupadd --gid 10001 kam \
    && useradd --uid 10001 --gid kam --no-create-home --home-dir /var/lib/kam --shell /usr/sbin/nologin kam \
    && install -d -o kam -g kam -m 0750 /var/lib/kam
COPY --from=build /opt/kam /opt/kam
COPY --from=build /srv/kam /srv/kam
ENV PATH=/opt/kam/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=kam.settings.prod \
    VAR_DIR=/var/lib/kam \
    PORT=8000
WORKDIR /srv/kam
USER 10001:10001
VOLUME /var/lib/kam
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "core.alive", "web"]
CMD ["gunicorn", "kam.wsgi"]
