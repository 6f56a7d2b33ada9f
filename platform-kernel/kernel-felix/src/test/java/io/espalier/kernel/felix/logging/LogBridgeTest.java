package io.espalier.kernel.felix.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import org.junit.jupiter.api.Test;
import org.osgi.framework.ServiceException;

class LogBridgeTest {
    @Test
    void takesTheSentenceOutOfTheWrappersAroundAnErrorOfOurs() {
        Throwable thrown = new InvocationTargetException(
                new DoorClosed("Tried to open port 1 but it is taken; free it.", new IllegalStateException("bind")));

        assertThat(LogBridge.sentence(thrown)).contains("Tried to open port 1 but it is taken; free it.");
    }

    @Test
    void takesTheSentenceOutOfWhatTheLogServiceMadeOfIt() {
        Throwable logged = new Exception("java.lang.reflect.InvocationTargetException: null")
                .initCause(new Exception("io.espalier.catalog.CatalogException: Tried to read it but could not."));

        assertThat(LogBridge.sentence(logged)).contains("Tried to read it but could not.");
    }

    @Test
    void needsNoStackToSayThatAServiceCouldNotBeHad() {
        assertThat(LogBridge.sentence(new ServiceException("Service factory returned null.")))
                .contains("Service factory returned null.");
    }

    @Test
    void leavesTheStackToWhatDoesNotExplainItself() {
        assertThat(LogBridge.sentence(new IllegalStateException("Tried to be clever.")))
                .isEmpty();
        assertThat(LogBridge.sentence(new DoorClosed("closed", null))).isEmpty();
        assertThat(LogBridge.sentence(null)).isEmpty();
    }

    private static final class DoorClosed extends Exception {
        private static final long serialVersionUID = 1;

        DoorClosed(String sentence, @org.jspecify.annotations.Nullable Throwable cause) {
            super(sentence, cause);
        }
    }
}
