CREATE TABLE stream (
    id               VARCHAR(200)  NOT NULL,
    version          BIGINT        NOT NULL,
    topic            VARCHAR(249)  NOT NULL,
    partitions       INTEGER       NOT NULL,
    priority         INTEGER       NOT NULL,
    delivery         VARCHAR(16)   NOT NULL,
    record_format    VARCHAR(16)   NOT NULL,
    max_record_bytes INTEGER       NOT NULL,
    description      VARCHAR(1000) NOT NULL,
    CONSTRAINT stream_pk PRIMARY KEY (id)
);

CREATE TABLE stream_terminal (
    stream_id VARCHAR(200) NOT NULL,
    place     INTEGER      NOT NULL,
    terminal  VARCHAR(64)  NOT NULL,
    CONSTRAINT stream_terminal_pk PRIMARY KEY (stream_id, place),
    CONSTRAINT stream_terminal_stream_fk FOREIGN KEY (stream_id) REFERENCES stream (id) ON DELETE CASCADE
);
