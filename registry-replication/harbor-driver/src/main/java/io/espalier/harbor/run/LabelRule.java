package io.espalier.harbor.run;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which images are carried by the labels that they have at the root. Harbor does not replicate labels, so below the root nobody can
 * ask for them.
 *
 * @param all labels that an image must have, each of them
 * @param none labels of which it must have none
 */
public record LabelRule(List<String> all, List<String> none) {
    /** Every image. */
    public static final LabelRule NONE = new LabelRule(List.of(), List.of());

    public LabelRule {
        all = all.stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
        none = none.stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
        if (Stream.concat(all.stream(), none.stream()).anyMatch(name -> name.length() > 128)) {
            throw new IllegalArgumentException("A label is longer than the 128 characters that Harbor takes.");
        }
        all.stream().filter(none::contains).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(
                    "The label '" + name + "' is in labels and in labels-excluded, so no image would be carried.");
        });
    }

    /** Whether labels matter at all. */
    public boolean isEmpty() {
        return all.isEmpty() && none.isEmpty();
    }

    /** Why an image with these labels is left out; empty when it is carried. */
    public Optional<String> against(Collection<String> labels) {
        Optional<String> missing =
                all.stream().filter(name -> !labels.contains(name)).findFirst();
        if (missing.isPresent()) {
            return Optional.of("it does not have the label '" + missing.get() + "'");
        }
        return none.stream()
                .filter(labels::contains)
                .findFirst()
                .map(name -> "it has the label '" + name + "', which is excluded");
    }
}
