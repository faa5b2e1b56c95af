package io.braid.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an inspection of all logs below a directory finds wrong. */
final class Problems {
    private Problems() {}

    static List<LogProblem> in(Path directory) throws IOException {
        List<LogProblem> problems = new ArrayList<>();
        for (Path shard : LogInspection.shardDirectories(directory)) {
            LogInspection.inspect(shard, new LogInspection.Visitor() {
                @Override
                public void onProblem(LogProblem problem) {
                    problems.add(problem);
                }
            });
        }
        return problems;
    }
}
