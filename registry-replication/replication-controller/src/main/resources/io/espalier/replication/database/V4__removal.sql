CREATE TABLE removal (
    id         VARCHAR(40)   NOT NULL,
    repository VARCHAR(255)  NOT NULL,
    tag        VARCHAR(128)  NOT NULL,
    digest     VARCHAR(200)  NOT NULL,
    generation BIGINT        NOT NULL,
    state      VARCHAR(16)   NOT NULL,
    by_hand    BOOLEAN       NOT NULL,
    reason     VARCHAR(2000) NOT NULL,
    body       CLOB          NOT NULL,
    seen_at    BIGINT        NOT NULL,
    changed_at BIGINT        NOT NULL,
    CONSTRAINT removal_pk PRIMARY KEY (id)
);

CREATE INDEX removal_state ON removal (state);

CREATE TABLE removal_part (
    removal     VARCHAR(40)   NOT NULL,
    node        VARCHAR(63)   NOT NULL,
    outcome     VARCHAR(16)   NOT NULL,
    sentence    VARCHAR(2000) NOT NULL,
    tries       INTEGER       NOT NULL,
    answered_at BIGINT        NOT NULL,
    CONSTRAINT removal_part_pk PRIMARY KEY (removal, node),
    CONSTRAINT removal_part_removal_fk FOREIGN KEY (removal) REFERENCES removal (id) ON DELETE CASCADE
);

CREATE INDEX removal_part_node ON removal_part (node);
