-- As V3__control.sql; names are compared byte by byte.
CREATE TABLE control_rule (
    id           VARCHAR(40)   NOT NULL,
    node         VARCHAR(256)  NOT NULL,
    actions      VARCHAR(200)  NOT NULL,
    target       VARCHAR(256)  NOT NULL,
    repositories VARCHAR(1000) NOT NULL,
    made_at      BIGINT        NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE control_request (
    id          VARCHAR(64)   NOT NULL,
    asked_at    BIGINT        NOT NULL,
    node        VARCHAR(63)   NOT NULL,
    wanted      VARCHAR(40)   NOT NULL,
    target      VARCHAR(63)   NOT NULL,
    subject     VARCHAR(400)  NOT NULL,
    granted     BOOLEAN       NOT NULL,
    reason      VARCHAR(1000) NOT NULL,
    outcome     VARCHAR(16)   NOT NULL,
    answer      VARCHAR(1000) NOT NULL,
    answered_at BIGINT        NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX control_request_asked ON control_request (asked_at);

CREATE INDEX control_request_node ON control_request (node);
