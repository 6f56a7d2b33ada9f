-- As V1__replication.sql; names are compared byte by byte, since v1 and V1 are two tags.
CREATE TABLE node (
    id             VARCHAR(63)   NOT NULL,
    host           VARCHAR(255)  NOT NULL,
    port           INTEGER       NOT NULL,
    registry       VARCHAR(1000) NOT NULL,
    site           VARCHAR(200)  NOT NULL,
    master         BOOLEAN       NOT NULL,
    serial_number  VARCHAR(64)   NOT NULL,
    joined_at      BIGINT        NOT NULL,
    last_seen      BIGINT        NOT NULL,
    remote_address VARCHAR(255)  NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE join_token (
    sha256     VARCHAR(64) NOT NULL,
    expires_at BIGINT      NOT NULL,
    uses       INTEGER     NOT NULL,
    PRIMARY KEY (sha256)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE certificate (
    serial_number VARCHAR(64) NOT NULL,
    node          VARCHAR(63) NOT NULL,
    expires_at    BIGINT      NOT NULL,
    revoked       BOOLEAN     NOT NULL,
    PRIMARY KEY (serial_number)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX certificate_node ON certificate (node);

CREATE TABLE measurement (
    from_node        VARCHAR(63)      NOT NULL,
    to_node          VARCHAR(63)      NOT NULL,
    measure_mode     VARCHAR(16)      NOT NULL,
    millis           DOUBLE PRECISION,
    jitter_millis    DOUBLE PRECISION,
    bytes_per_second BIGINT           NOT NULL,
    measured_at      BIGINT           NOT NULL,
    PRIMARY KEY (from_node, to_node, measure_mode)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE edge_rate (
    parent           VARCHAR(63) NOT NULL,
    child            VARCHAR(63) NOT NULL,
    bytes_per_second BIGINT      NOT NULL,
    seen_at          BIGINT      NOT NULL,
    PRIMARY KEY (parent, child)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE tree_plan (
    name    VARCHAR(64) NOT NULL,
    body    LONGTEXT    NOT NULL,
    made_at BIGINT      NOT NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE image (
    repository VARCHAR(255) NOT NULL,
    tag        VARCHAR(128) NOT NULL,
    digest     VARCHAR(200) NOT NULL,
    generation BIGINT       NOT NULL,
    seen_at    BIGINT       NOT NULL,
    PRIMARY KEY (repository, tag)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE transfer (
    id         VARCHAR(100) NOT NULL,
    repository VARCHAR(255) NOT NULL,
    tag        VARCHAR(128) NOT NULL,
    digest     VARCHAR(200) NOT NULL,
    generation BIGINT       NOT NULL,
    bytes      BIGINT       NOT NULL,
    body       LONGTEXT     NOT NULL,
    created_at BIGINT       NOT NULL,
    superseded BOOLEAN      NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT transfer_generation UNIQUE (repository, tag, generation)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX transfer_created ON transfer (created_at);

CREATE TABLE transfer_part (
    transfer         VARCHAR(100) NOT NULL,
    node             VARCHAR(63)  NOT NULL,
    state            VARCHAR(16)  NOT NULL,
    bytes            BIGINT       NOT NULL,
    bytes_there      BIGINT       NOT NULL,
    bytes_received   BIGINT       NOT NULL,
    bytes_twice      BIGINT       NOT NULL,
    bytes_per_second BIGINT       NOT NULL,
    parent           VARCHAR(63)  NOT NULL,
    retries          INTEGER      NOT NULL,
    problem          LONGTEXT     NOT NULL,
    millis           BIGINT       NOT NULL,
    reported_at      BIGINT       NOT NULL,
    PRIMARY KEY (transfer, node),
    CONSTRAINT transfer_part_transfer_fk FOREIGN KEY (transfer) REFERENCES transfer (id) ON DELETE CASCADE
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX transfer_part_node ON transfer_part (node);
