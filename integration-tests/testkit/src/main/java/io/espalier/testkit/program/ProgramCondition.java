package io.espalier.testkit.program;

import io.espalier.testkit.program.ProgramCheck.Verdict;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Applies {@link RequiresProgram}. */
final class ProgramCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<RequiresProgram> needed =
                AnnotationSupport.findRepeatableAnnotations(context.getElement(), RequiresProgram.class);
        return needed.stream()
                .map(ProgramCondition::evaluate)
                .filter(ConditionEvaluationResult::isDisabled)
                .findFirst()
                .orElseGet(() -> ConditionEvaluationResult.enabled("every program that it needs is there"));
    }

    private static ConditionEvaluationResult evaluate(RequiresProgram needed) {
        Verdict verdict = ProgramCheck.verdict(needed.value(), needed.debianPackage(), System.getenv());
        if (verdict instanceof Verdict.Fail fail) {
            throw new ExtensionConfigurationException(fail.reason());
        }
        return verdict instanceof Verdict.Skip skip
                ? ConditionEvaluationResult.disabled(skip.reason())
                : ConditionEvaluationResult.enabled(needed.value() + " is there");
    }
}
