-- As V1__replication.sql; names are compared and sorted byte by byte, whatever the database's language is.
CREATE TABLE node (
    id             VARCHAR(63) COLLATE "C" NOT NULL,
    host           VARCHAR(255)  NOT NULL,
    port           INTEGER       NOT NULL,
    registry       VARCHAR(1000) NOT NULL,
    site           VARCHAR(200)  NOT NULL,
    master         BOOLEAN       NOT NULL,
    serial_number  VARCHAR(64)   NOT NULL,
    joined_at      BIGINT        NOT NULL,
    last_seen      BIGINT        NOT NULL,
    remote_address VARCHAR(255)  NOT NULL,
    CONSTRAINT node_pk PRIMARY KEY (id)
);

CREATE TABLE join_token (
    sha256     VARCHAR(64) NOT NULL,
    expires_at BIGINT      NOT NULL,
    uses       INTEGER     NOT NULL,
    CONSTRAINT join_token_pk PRIMARY KEY (sha256)
);

CREATE TABLE certificate (
    serial_number VARCHAR(64) NOT NULL,
    node          VARCHAR(63) COLLATE "C" NOT NULL,
    expires_at    BIGINT      NOT NULL,
    revoked       BOOLEAN     NOT NULL,
    CONSTRAINT certificate_pk PRIMARY KEY (serial_number)
);

CREATE INDEX certificate_node ON certificate (node);

CREATE TABLE measurement (
    from_node        VARCHAR(63) COLLATE "C" NOT NULL,
    to_node          VARCHAR(63) COLLATE "C" NOT NULL,
    measure_mode     VARCHAR(16)      NOT NULL,
    millis           DOUBLE PRECISION,
    jitter_millis    DOUBLE PRECISION,
    bytes_per_second BIGINT           NOT NULL,
    measured_at      BIGINT           NOT NULL,
    CONSTRAINT measurement_pk PRIMARY KEY (from_node, to_node, measure_mode)
);

CREATE TABLE edge_rate (
    parent           VARCHAR(63) COLLATE "C" NOT NULL,
    child            VARCHAR(63) COLLATE "C" NOT NULL,
    bytes_per_second BIGINT      NOT NULL,
    seen_at          BIGINT      NOT NULL,
    CONSTRAINT edge_rate_pk PRIMARY KEY (parent, child)
);

CREATE TABLE tree_plan (
    name    VARCHAR(64) COLLATE "C" NOT NULL,
    body    TEXT        NOT NULL,
    made_at BIGINT      NOT NULL,
    CONSTRAINT tree_plan_pk PRIMARY KEY (name)
);

CREATE TABLE image (
    repository VARCHAR(255) COLLATE "C" NOT NULL,
    tag        VARCHAR(128) COLLATE "C" NOT NULL,
    digest     VARCHAR(200) NOT NULL,
    generation BIGINT       NOT NULL,
    seen_at    BIGINT       NOT NULL,
    CONSTRAINT image_pk PRIMARY KEY (repository, tag)
);

CREATE TABLE transfer (
    id         VARCHAR(100) COLLATE "C" NOT NULL,
    repository VARCHAR(255) COLLATE "C" NOT NULL,
    tag        VARCHAR(128) COLLATE "C" NOT NULL,
    digest     VARCHAR(200) NOT NULL,
    generation BIGINT       NOT NULL,
    bytes      BIGINT       NOT NULL,
    body       TEXT         NOT NULL,
    created_at BIGINT       NOT NULL,
    superseded BOOLEAN      NOT NULL,
    CONSTRAINT transfer_pk PRIMARY KEY (id),
    CONSTRAINT transfer_generation UNIQUE (repository, tag, generation)
);

CREATE INDEX transfer_created ON transfer (created_at);

CREATE TABLE transfer_part (
    transfer         VARCHAR(100) COLLATE "C" NOT NULL,
    node             VARCHAR(63) COLLATE "C" NOT NULL,
    state            VARCHAR(16)  NOT NULL,
    bytes            BIGINT       NOT NULL,
    bytes_there      BIGINT       NOT NULL,
    bytes_received   BIGINT       NOT NULL,
    bytes_twice      BIGINT       NOT NULL,
    bytes_per_second BIGINT       NOT NULL,
    parent           VARCHAR(63) COLLATE "C" NOT NULL,
    retries          INTEGER      NOT NULL,
    problem          TEXT         NOT NULL,
    millis           BIGINT       NOT NULL,
    reported_at      BIGINT       NOT NULL,
    CONSTRAINT transfer_part_pk PRIMARY KEY (transfer, node),
    CONSTRAINT transfer_part_transfer_fk FOREIGN KEY (transfer) REFERENCES transfer (id) ON DELETE CASCADE
);

CREATE INDEX transfer_part_node ON transfer_part (node);
