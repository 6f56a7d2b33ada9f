package io.espalier.kernel.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeakSentinelTest {
    private final LeakSentinel sentinel = new LeakSentinel(Duration.ofHours(1));
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        sentinel.close();
    }

    @Test
    void loaderThatDiesIsNoLeak() {
        sentinel.watch("shop", new PluginLoader());
        await("nothing survives").atMost(Duration.ofSeconds(20)).until(() -> sentinel.check()
                .isEmpty());
        assertThat(sentinel.blindSpots()).isEmpty();
    }

    @Test
    void loaderThatIsHeldIsNamedWithAdvice() {
        var loader = new PluginLoader();
        sentinel.watch("shop", loader);
        try {
            assertThat(sentinel.check()).singleElement().satisfies(leak -> {
                assertThat(leak.kind()).isEqualTo(Leak.Kind.CLASS_LOADER);
                assertThat(leak.sentence()).contains("class loader of shop survives", "heap dump");
            });
        } finally {
            Reference.reachabilityFence(loader);
        }
    }

    @Test
    void leakedThreadIsNamedByItsTask() throws Exception {
        Runnable task = plugged(Waiter.class, Runnable.class, release);
        var thread = new Thread(task, "shop-poller");
        thread.start();
        sentinel.watch("shop", task.getClass().getClassLoader());
        assertThat(kinds(Leak.Kind.THREAD)).containsExactly("shop-poller");
        assertThat(sentence(Leak.Kind.THREAD)).contains("'shop-poller' of shop survives", "Waiter");
        release.countDown();
        thread.join();
    }

    @Test
    void leakedThreadIsNamedByItsContextLoader() throws Exception {
        var thread = new Thread(LeakSentinelTest::awaitInterrupt, "borrowed");
        thread.setContextClassLoader(new PluginLoader());
        thread.start();
        sentinel.watch("shop", thread.getContextClassLoader());
        assertThat(kinds(Leak.Kind.THREAD)).containsExactly("borrowed");
        thread.interrupt();
        thread.join();
    }

    @Test
    void leakedThreadIsNamedByWhatItRuns() throws Exception {
        Runnable inner = plugged(Waiter.class, Runnable.class, release);
        var thread = new Thread(() -> inner.run(), "pooled");
        thread.start();
        await("it runs").atMost(Duration.ofSeconds(20)).until(() -> thread.getState() == Thread.State.WAITING);
        sentinel.watch("shop", inner.getClass().getClassLoader());
        assertThat(sentence(Leak.Kind.THREAD)).contains("'pooled'", "it runs", "Waiter.run");
        release.countDown();
        thread.join();
    }

    @Test
    void leakedMBeanIsNamed() throws Exception {
        Object bean = plugged(Door.class, Object.class);
        var name = new ObjectName("org.shop:type=Door");
        ManagementFactory.getPlatformMBeanServer().registerMBean(bean, name);
        try {
            sentinel.watch("shop", bean.getClass().getClassLoader());
            assertThat(kinds(Leak.Kind.MBEAN)).containsExactly("org.shop:type=Door");
        } finally {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        }
    }

    @Test
    void leakedShutdownHookIsNamed() throws Exception {
        Runnable task = plugged(Waiter.class, Runnable.class, release);
        var hook = new Thread(task, "shop-farewell");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            sentinel.watch("shop", task.getClass().getClassLoader());
            assertThat(kinds(Leak.Kind.SHUTDOWN_HOOK)).containsExactly("shop-farewell");
            assertThat(sentence(Leak.Kind.SHUTDOWN_HOOK)).contains("removeShutdownHook");
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    @Test
    void looksByItselfAfterTheDelay() {
        try (var quick = new LeakSentinel(Duration.ofMillis(1))) {
            quick.watch("shop", new PluginLoader());
            // No check() here: the sentinel's own collection must have emptied the report.
            await("the look").atMost(Duration.ofSeconds(20)).until(() -> quick.report()
                    .isEmpty());
        }
    }

    private List<String> kinds(Leak.Kind kind) {
        return sentinel.check().stream()
                .filter(leak -> leak.kind() == kind)
                .map(Leak::subject)
                .toList();
    }

    private String sentence(Leak.Kind kind) {
        return sentinel.check().stream()
                .filter(leak -> leak.kind() == kind)
                .map(Leak::sentence)
                .findFirst()
                .orElse("");
    }

    private static void awaitInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An object whose class a fresh plug-in loader defined. */
    private static <T> T plugged(Class<?> type, Class<T> as, Object... arguments) throws Exception {
        Class<?> own = Class.forName(type.getName(), true, new PluginLoader());
        return as.cast(own.getDeclaredConstructors()[0].newInstance(arguments));
    }

    /** Defines this test's nested classes anew, as a bundle's loader does with its own. */
    private static final class PluginLoader extends ClassLoader {
        PluginLoader() {
            super(LeakSentinelTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null || !name.startsWith(LeakSentinelTest.class.getName() + "$")) {
                    return loaded == null ? super.loadClass(name, resolve) : loaded;
                }
                byte[] bytes = bytes(name);
                return defineClass(name, bytes, 0, bytes.length);
            }
        }

        private static byte[] bytes(String name) throws ClassNotFoundException {
            String file = "/" + name.replace('.', '/') + ".class";
            try (@Nullable InputStream in = LeakSentinelTest.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    public static final class Waiter implements Runnable {
        private final CountDownLatch latch;

        public Waiter(CountDownLatch latch) {
            this.latch = latch;
        }

        @Override
        public void run() {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public interface DoorMBean {
        int getVisitors();
    }

    public static final class Door implements DoorMBean {
        public Door() {}

        @Override
        public int getVisitors() {
            return 1;
        }
    }
}
