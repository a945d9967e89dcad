# All programs in one image:  docker build -t dealpulse .  &&  docker run dealpulse deal-scorer --help
FROM swift:6.2-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends librdkafka-dev libsimdjson-dev zlib1g-dev libzstd-dev \
    libcurl4-openssl-dev libsqlite3-dev pkg-config \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib \
  && mkdir /programs \
  && for program in deal-scorer deal-replay crm-connector alert-router dealpulse; do cp ".build/release/$program" /programs/; done

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends librdkafka1 libsimdjson14 zlib1g libzstd1 libcurl4 libsqlite3-0 ca-certificates tzdata \
  && rm -rf /var/lib/apt/lists/* && useradd --system --create-home dealpulse
COPY --from=build /programs/ /usr/local/bin/
COPY config /etc/dealpulse
COPY topics /usr/share/dealpulse/topics
USER dealpulse
WORKDIR /home/dealpulse
CMD ["dealpulse", "--help"]
