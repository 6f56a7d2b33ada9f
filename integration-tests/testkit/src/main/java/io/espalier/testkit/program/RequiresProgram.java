package io.espalier.testkit.program;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test or class needs a program of the machine.
 *
 * <p>It is skipped with the reason and the package to install when the program is not on the {@code PATH}. It fails
 * instead when the environment says {@code CI=true} and {@code ./check} installs the program.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(RequiresProgram.All.class)
@ExtendWith(ProgramCondition.class)
public @interface RequiresProgram {
    /** The program's name on the {@code PATH}. */
    String value();

    /** The Debian package that brings it; the program's name when empty. */
    String debianPackage() default "";

    /** Several programs. */
    @Documented
    @Target({ElementType.TYPE, ElementType.METHOD})
    @Retention(RetentionPolicy.RUNTIME)
    @ExtendWith(ProgramCondition.class)
    @interface All {
        RequiresProgram[] value();
    }
}
